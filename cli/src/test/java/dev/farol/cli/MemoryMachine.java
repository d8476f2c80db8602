package dev.farol.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Deployments that only pretend to run: each is ready at once, unless it is to be something else.
 */
final class MemoryMachine implements LocalMachine {
    final Map<Path, LocalPlan> started = new HashMap<>();
    final Map<Path, LocalState> states = new HashMap<>();
    final List<Path> stopped = new ArrayList<>();
    LocalState next = new LocalState(LocalState.Kind.READY, 1, 4711, "", null);

    @Override
    public void start(Path home, Path folder, LocalPlan plan) {
        started.put(folder, plan);
        states.put(folder, next);
    }

    @Override
    public LocalState state(Path folder) {
        return states.getOrDefault(folder, LocalState.NONE);
    }

    @Override
    public void stop(Path folder) {
        stopped.add(folder);
        states.remove(folder);
    }

    @Override
    public String console(Path folder, int lines) {
        return "the last " + lines + " lines\n";
    }

    @Override
    public String preparation(Path folder, int lines) {
        return "prepared\n";
    }
}
