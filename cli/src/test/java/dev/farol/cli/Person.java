package dev.farol.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicReference;

/** Somebody at a terminal: types command lines, reads what is printed. Pauses take no time. */
final class Person {
    final StringWriter out = new StringWriter();
    final StringWriter err = new StringWriter();
    final List<Duration> pauses = new ArrayList<>();
    final Map<String, String> environment = new HashMap<>();
    final AtomicReference<Runnable> farewell = new AtomicReference<>();
    final Path folder;
    String answers = "";
    boolean alwaysPicocli;
    boolean interactive;
    Runnable onPause = () -> {};
    final MemoryMachine local = new MemoryMachine();

    /** Sees every call before it is sent, and may make it fail. */
    Sight client = call -> {};

    interface Sight {
        void before(dev.farol.wire.ApiClient.Call call) throws IOException;
    }

    /** Works in a folder of which {@code home} is the home of Farol. */
    Person(Path folder) {
        this.folder = folder;
    }

    /** With a home whose Farol is the fake one. */
    static Person at(FakeArm arm, Path folder) throws IOException {
        var person = new Person(folder);
        Path home = folder.resolve("home");
        Files.createDirectories(home.resolve("identity"));
        Files.writeString(home.resolve("identity/secret"), "s3cret\n");
        new Addresses(
                        1,
                        arm.url(),
                        arm.url(),
                        FakeArm.SUBSCRIPTION,
                        "rg",
                        "ws",
                        home.resolve("tls"))
                .write(home);
        return person;
    }

    int types(String... arguments) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        CliContext context = context();
        OptionalInt quick =
                alwaysPicocli ? OptionalInt.empty() : Cli.run(context, List.of(arguments));
        return quick.isPresent()
                ? quick.getAsInt()
                : Cli.create(context, List.of(arguments)).execute(arguments);
    }

    CliContext context() {
        var clock =
                new CliClock() {
                    private long now;

                    @Override
                    public long nanoTime() {
                        return now;
                    }

                    @Override
                    public void pause(Duration duration) throws InterruptedException {
                        pauses.add(duration);
                        now += duration.toNanos();
                        onPause.run();
                        if (Thread.interrupted()) {
                            throw new InterruptedException();
                        }
                    }
                };
        return new CliContext(
                new BufferedReader(new StringReader(answers)),
                new PrintWriter(out),
                new PrintWriter(err),
                interactive,
                100,
                folder,
                folder.resolve("home"),
                environment,
                clock,
                tls -> new JdkClient(client),
                runnable -> {
                    farewell.set(runnable);
                    return () -> farewell.set(null);
                },
                local);
    }
}
