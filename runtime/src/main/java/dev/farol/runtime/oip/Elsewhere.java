package dev.farol.runtime.oip;

import dev.farol.runtime.serve.Coders;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What of a request takes too long for the loop. Whatever comes of it, the request is answered. */
final class Elsewhere {
    private static final Logger LOG = LoggerFactory.getLogger(Elsewhere.class);

    private final Coders coders;

    Elsewhere(Coders coders) {
        this.coders = coders;
    }

    /**
     * Does the first part of something on another thread, and on the loop what is left of it.
     *
     * @param what it is, for the log
     * @param refused hears on the loop of whatever either part throws
     */
    void run(String what, Supplier<Runnable> work, Consumer<Refused> refused) {
        var guard = new Guard(what, refused);
        if (!coders.run(() -> guard.later(guard.of(work)))) {
            refused.accept(
                    new Refused(Refused.Kind.UNAVAILABLE, "The models are not loaded any more"));
        }
    }

    private record Guard(String what, Consumer<Refused> refused) {
        Runnable of(Supplier<Runnable> work) {
            try {
                return work.get();
            } catch (Refused why) {
                return () -> refused.accept(why);
            } catch (RuntimeException fault) {
                LOG.error("{} failed", what, fault);
                return () -> refused.accept(new Refused(Refused.Kind.MODEL, "The server failed"));
            } catch (OutOfMemoryError full) {
                LOG.warn("There is no memory for a body or an answer", full);
                return () ->
                        refused.accept(
                                new Refused(
                                        Refused.Kind.UNAVAILABLE,
                                        "The instance has not enough memory for this request"));
            }
        }

        /** The same for what is done later: without an answer the request would wait for ever. */
        Runnable later(Runnable rest) {
            return () ->
                    of(() -> {
                                rest.run();
                                return () -> {};
                            })
                            .run();
        }
    }
}
