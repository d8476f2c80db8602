package dev.farol.app;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/**
 * A session of its own for this process: what happens at the terminal that it was started from is
 * not meant for it. For where no program does the same beforehand, which is quicker: the JDK makes
 * itself ready for such a call in a tenth of a second.
 */
final class OwnSession {
    private OwnSession() {}

    /** Does nothing where there are no sessions. */
    @SuppressWarnings("restricted")
    static void begin() {
        Linker system = Linker.nativeLinker();
        Optional<MemorySegment> setsid = system.defaultLookup().find("setsid");
        if (setsid.isEmpty()) {
            return;
        }
        var call = system.downcallHandle(setsid.get(), FunctionDescriptor.of(ValueLayout.JAVA_INT));
        try {
            // It fails only for who leads a group, and then no group of a terminal's.
            int _ = (int) call.invokeExact();
        } catch (Throwable impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
