package dev.farol.environment;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

final class Measure {
    public static void main(String[] args) throws Exception {
        Path home = Files.createTempDirectory("farol-measure-");
        long zero = System.nanoTime();
        try (Environments e = Environments.local(RealUv.config(), home, RealUv.host(home, Map.of()))) {
            java.util.function.Consumer<String> say = l -> System.out.printf("%6.2f %s%n", (System.nanoTime() - zero) / 1e9, l);
            Lock lock = e.resolve(new Definition(Files.readString(Path.of(args[0])), args[0]), say);
            e.build(lock, say);
            lock.requirements().forEach(System.out::println);
            System.out.println(lock.requirements().toString().length());
            say.accept("--- prune");
            e.prune(Set.of());
            for (int i = 0; i < 2; i++) {
            say.accept("--- from lock");
            e.build(lock, say);
            say.accept("--- done");
            e.prune(Set.of());
            }
        }
        dev.farol.environment.process.Trees.remove(home);
    }
}
