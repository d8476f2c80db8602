package dev.farol.cli.arm;

import dev.farol.cli.CliContext;
import dev.farol.cli.doc.Tree;
import dev.farol.wire.Headers;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Waits for a long-running operation as ARM tells it (contracts §1.3): {@code
 * Azure-AsyncOperation}, else {@code Location}, else the resource's own provisioning state. The
 * first look is immediate; after that the service says when, or the pause grows from 50 ms to 1 s.
 */
public final class Operation {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);
    private static final int UNREACHABLE_LOOKS = 30;

    private final CliContext context;
    private final Arm arm;
    private final long start;
    private Duration growing = FIRST_PAUSE;
    private int unreachable;
    private String shown = "";

    private Operation(CliContext context, Arm arm) {
        this.context = context;
        this.arm = arm;
        this.start = context.clock().nanoTime();
    }

    /**
     * Returns when the operation that {@code accepted} began has succeeded.
     *
     * @param look the command that shows how it went, said when the person interrupts
     * @throws ArmFailed when it failed or was cancelled
     */
    public static void await(CliContext context, Arm arm, ArmAnswer accepted, String look) {
        Optional<String> status = accepted.headers().first("Azure-AsyncOperation");
        Optional<String> location = accepted.headers().first("Location");
        if (status.isEmpty() && (location.isEmpty() || accepted.status() != 202)) {
            failedAlready(accepted);
            return;
        }
        Runnable farewell =
                () -> {
                    context.err().println("The operation goes on. Look later with: " + look);
                    context.err().flush();
                };
        try (var _ = context.interrupts().during(farewell)) {
            var operation = new Operation(context, arm);
            if (status.isPresent()) {
                operation.untilTerminal(status.get());
            } else {
                operation.untilThere(location.get());
            }
        }
    }

    private static void failedAlready(ArmAnswer accepted) {
        String state = Tree.text(accepted.body(), "properties", "provisioningState");
        if ("Failed".equalsIgnoreCase(state)) {
            throw ArmFailed.of(200, accepted.body(), "The operation failed.");
        }
    }

    private void untilTerminal(String url) {
        while (true) {
            ArmAnswer answer = look(url);
            if (answer != null) {
                Object body = answer.body();
                progress(Tree.text(body, "properties", "progress"));
                switch (Tree.textOr(body, "status", "").toLowerCase(Locale.ROOT)) {
                    case "succeeded" -> {
                        return;
                    }
                    case "failed" ->
                            throw ArmFailed.of(200, body, "The operation failed without a reason.");
                    case "canceled", "cancelled" ->
                            throw ArmFailed.of(200, body, "The operation was canceled.");
                    default -> pause(answer.headers());
                }
            }
        }
    }

    private void untilThere(String url) {
        while (true) {
            ArmAnswer answer = look(url);
            if (answer != null) {
                if (answer.status() != 202) {
                    return;
                }
                progress(Tree.text(answer.body(), "properties", "progress"));
                pause(answer.headers());
            }
        }
    }

    /** Nothing when the server was not there; it may be about to come back. */
    private @Nullable ArmAnswer look(String url) {
        try {
            ArmAnswer answer = arm.follow(url);
            unreachable = 0;
            return answer;
        } catch (Unreachable gone) {
            if (++unreachable > UNREACHABLE_LOOKS) {
                throw gone;
            }
            pause(new Headers());
            return null;
        }
    }

    private void progress(@Nullable String text) {
        if (text != null && !text.isBlank() && !text.equals(shown)) {
            shown = text;
            double seconds = (context.clock().nanoTime() - start) / 1e9;
            arm.diagnostics()
                    .note(String.format(Locale.ROOT, "[%6.1f s] %s", seconds, text.strip()));
        }
    }

    private void pause(Headers headers) {
        Duration pause = wished(headers);
        if (pause == null) {
            pause = growing;
            growing = growing.multipliedBy(3).dividedBy(2);
            if (growing.compareTo(LONGEST_PAUSE) > 0) {
                growing = LONGEST_PAUSE;
            }
        }
        try {
            context.clock().pause(pause);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new CommandFailed(130, "Interrupted.");
        }
    }

    private static @Nullable Duration wished(Headers headers) {
        String millis = headers.first("x-ms-retry-after-ms").orElse("");
        if (millis.matches("[0-9]{1,7}")) {
            return Duration.ofMillis(Long.parseLong(millis));
        }
        String seconds = headers.first("Retry-After").orElse("");
        return seconds.matches("[1-9][0-9]{0,4}")
                ? Duration.ofSeconds(Long.parseLong(seconds))
                : null;
    }
}
