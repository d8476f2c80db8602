package dev.farol.app;

import dev.farol.kit.AtomicFile;
import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code farol install-az-shim}: puts a tiny {@code az} into a folder, which sends what is Farol's
 * to Farol and everything else to the real one, so that published scripts run as they are.
 */
@Command(
        name = "install-az-shim",
        description =
                "Put an az into a folder that sends `az ml` to Farol and the rest to the real az.",
        footer = {"", "Example: farol install-az-shim ~/farol-az && export PATH=~/farol-az:$PATH"})
final class AzShimCommand implements Callable<Integer> {
    private static final String MARK = "Made by farol install-az-shim";

    @Parameters(paramLabel = "DIR", description = "The folder; made when it is not there.")
    @SuppressWarnings("NullAway.Init") // picocli refuses the command without it
    Path folder;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        Path target = folder.toAbsolutePath().normalize().resolve("az");
        if (Files.exists(target)
                && !Files.readString(target, StandardCharsets.ISO_8859_1).contains(MARK)) {
            throw new FarolException(
                    ErrorCode.CONFLICT,
                    target + " is there and is not Farol's (expected: a folder without an az)");
        }
        String launcher = Distribution.root().resolve("farol").toString();
        AtomicFile.write(target, script().replace("@FAROL@", launcher.replace("'", "'\\''")));
        if (target.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        spec.commandLine().getOut().println(target);
        spec.commandLine()
                .getErr()
                .println(
                        "Put it before the real az: export PATH=\""
                                + target.getParent()
                                + ":$PATH\"");
        return 0;
    }

    private static String script() throws IOException {
        try (@Nullable InputStream in = AzShimCommand.class.getResourceAsStream("/az-shim.sh")) {
            if (in == null) {
                throw new IllegalStateException("az-shim.sh is not in this build");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
