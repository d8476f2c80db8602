package dev.farol.runtime.python;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** How the zygote of an environment is started. */
public final class PythonZygote {
    private PythonZygote() {}

    /**
     * The command. The process prints {@code ready} when it listens, and ends when its stdin does.
     *
     * @param sources what {@link PythonSources#unpack} answered
     * @param socket at most about 100 bytes long
     * @param imports a file of the environment, made and kept by the zygote
     */
    public static List<String> command(Path python, Path sources, Path socket, Path imports) {
        return List.of(
                python.toString(),
                sources.resolve(PythonSources.ZYGOTE).toString(),
                "--socket",
                socket.toString(),
                "--imports",
                imports.toString());
    }

    /** The whole environment of the process: nothing else of this process's may reach it. */
    public static Map<String, String> environment(Path python) {
        return BaseEnvironment.of(System.getenv(), python);
    }
}
