package dev.farol.app;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The files that this process was started from, and how to start another role of them. */
final class Distribution {
    private Distribution() {}

    /** The checkout, or the unpacked distribution: where {@code ./farol} is. */
    static Path root() {
        return Path.of(System.getProperty("farol.root", ".")).toAbsolutePath().normalize();
    }

    /** The version, as the jar's manifest says; {@code dev} where there is none. */
    static String version() {
        String version = Distribution.class.getPackage().getImplementationVersion();
        return version == null ? "dev" : version;
    }

    /** The command line of a Java process of {@code role}, up to and including the main class. */
    static List<String> java(String role) {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        // A replica idles most of its life: a small heap that grows when bodies are large.
        command.addAll(
                List.of(
                        "-XX:+UseSerialGC",
                        "-XX:-UsePerfData",
                        "-Xlog:disable",
                        "-Xlog:all=error:stderr",
                        "-Xms16m",
                        "-XX:MaxNewSize=24m",
                        "-Xmx512m",
                        "-XX:MaxDirectMemorySize=512m",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-Djdk.reflect.useNativeAccessorOnly=true",
                        "-Dsun.jnu.encoding=UTF-8",
                        "-Dfile.encoding=UTF-8"));
        Path cache = aotFolder().resolve(role + ".aot");
        if (Files.exists(cache)) {
            command.add("-XX:AOTCache=" + cache);
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
        return command;
    }

    /**
     * Beside the jars of this very build: a cache fits only the class path that it was made from.
     */
    private static Path aotFolder() {
        String first =
                System.getProperty("java.class.path")
                        .split(System.getProperty("path.separator"), 2)[0];
        Path jar = Path.of(first).toAbsolutePath();
        Path folder = jar.getParent();
        return folder == null ? jar : folder.resolve("aot");
    }
}
