package dev.farol.runtime.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtLoggingLevel;
import dev.farol.kit.ExclusiveFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The native part of ONNX Runtime, unpacked once for all processes. Left to itself the library
 * unpacks 22 MB into the temporary folder at every start, and a killed process leaves them there.
 * Told where the libraries are, it makes a folder for them all the same, and waits for the
 * process's orderly end to remove it: here it is removed at once.
 */
final class OrtLibrary {
    private static final String PROPERTY = "onnxruntime.native.path";

    private static final Logger LOG = LoggerFactory.getLogger(OrtLibrary.class);

    private OrtLibrary() {}

    /** The engine, of the libraries below {@code cache}. */
    static OrtEnvironment start(Path cache) {
        use(cache);
        try {
            return OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
        } finally {
            removeTemporary();
        }
    }

    private static void removeTemporary() {
        try {
            var outside = MethodHandles.lookup();
            Class<?> runtime =
                    MethodHandles.privateLookupIn(OrtEnvironment.class, outside)
                            .findClass("ai.onnxruntime.OnnxRuntime");
            var folder =
                    (Path)
                            MethodHandles.privateLookupIn(runtime, outside)
                                    .findStaticVarHandle(runtime, "tempDirectory", Path.class)
                                    .get();
            if (folder != null) {
                Files.deleteIfExists(folder);
            }
        } catch (ReflectiveOperationException | IOException | LinkageError stays) {
            // Nothing but an empty folder.
            LOG.debug("The temporary folder of ONNX Runtime stays", stays);
        }
    }

    /**
     * Unpacks the libraries below {@code cache} unless they are there, and has them used from
     * there. Many processes may do so at once; one that is killed meanwhile leaves nothing that
     * another would take for whole.
     *
     * @return the folder with the libraries
     */
    static Path use(Path cache) {
        if (System.getProperty(PROPERTY) == null) {
            try {
                System.setProperty(PROPERTY, unpack(cache).toString());
            } catch (IOException failure) {
                throw new UncheckedIOException(
                        "ONNX Runtime's libraries cannot be unpacked below " + cache, failure);
            }
        }
        return Path.of(System.getProperty(PROPERTY));
    }

    static Path unpack(Path cache) throws IOException {
        String platform = platform();
        String name = "onnxruntime-" + version() + "-" + platform;
        Path whole = cache.toAbsolutePath().resolve(name);
        if (Files.isDirectory(whole)) {
            return whole;
        }
        return ExclusiveFile.holding(
                cache.resolve(name + ".lock"),
                () -> {
                    if (!Files.isDirectory(whole)) {
                        Path part = cache.toAbsolutePath().resolve(name + ".part");
                        delete(part);
                        Files.createDirectories(part);
                        for (String library : libraries(platform)) {
                            copy(platform, library, part);
                        }
                        Files.move(part, whole, StandardCopyOption.ATOMIC_MOVE);
                    }
                    return whole;
                });
    }

    private static void copy(String platform, String library, Path folder) throws IOException {
        String resource = "/ai/onnxruntime/native/" + platform + "/" + library;
        try (InputStream in = OrtEnvironment.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IOException(
                        "this distribution has no ONNX Runtime for "
                                + platform
                                + " ("
                                + resource
                                + ")");
            }
            Files.copy(in, folder.resolve(library));
        }
    }

    private static void delete(Path folder) throws IOException {
        if (Files.isDirectory(folder)) {
            try (Stream<Path> files = Files.list(folder)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(folder);
        }
    }

    private static String version() {
        String version = OrtEnvironment.class.getPackage().getImplementationVersion();
        return version == null ? "unknown" : version;
    }

    /** As the library names the platforms. */
    private static String platform() {
        String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        String arch = System.getProperty("os.arch");
        String system = os.startsWith("mac") ? "osx" : os.startsWith("windows") ? "win" : "linux";
        return system + "-" + (arch.equals("aarch64") ? "aarch64" : "x64");
    }

    private static List<String> libraries(String platform) {
        return Stream.of("onnxruntime", "onnxruntime4j_jni")
                .map(
                        name ->
                                platform.startsWith("win")
                                        ? name + ".dll"
                                        : "lib"
                                                + name
                                                + (platform.startsWith("osx") ? ".dylib" : ".so"))
                .toList();
    }
}
