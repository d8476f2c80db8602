package dev.farol.kit.testing;

import static dev.farol.kit.testing.Eventually.eventually;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;

/**
 * Fails every test class during which an error, or a warning with a trace, came into the log that
 * none of its tests announces with {@link Logs}: such a line is a fault that nobody looks at. What
 * is announced must come.
 */
public final class LogGuard implements BeforeAllCallback, BeforeEachCallback, AfterAllCallback {
    private static final Queue<ILoggingEvent> SEEN = new ConcurrentLinkedQueue<>();
    private static final Set<String> ANNOUNCED = ConcurrentHashMap.newKeySet();
    private static final Set<String> ALLOWED = ConcurrentHashMap.newKeySet();
    private static final Watch WATCH = new Watch();

    @Override
    public void beforeAll(ExtensionContext context) {
        var log = (LoggerContext) LoggerFactory.getILoggerFactory();
        // A room's own set-up may have taken off every appender since; one is not added twice.
        watch(log.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME));
        Logs allowed = context.getRequiredTestClass().getAnnotation(Logs.class);
        if (allowed != null) {
            ALLOWED.addAll(List.of(allowed.value()));
        }
    }

    static void watch(Logger log) {
        WATCH.setContext(log.getLoggerContext());
        WATCH.start();
        log.addAppender(WATCH);
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        Logs announced = context.getRequiredTestMethod().getAnnotation(Logs.class);
        if (announced != null) {
            ANNOUNCED.addAll(List.of(announced.value()));
        }
    }

    /** Whether a line is worth no look: a test announces it, or it is known to mean nothing. */
    static boolean announced(ILoggingEvent event) {
        return meansNothing(event)
                || ANNOUNCED.stream().anyMatch(text(event)::contains)
                || ALLOWED.stream().anyMatch(text(event)::contains);
    }

    @Override
    public void afterAll(ExtensionContext context) {
        if (context.getParent().flatMap(ExtensionContext::getTestClass).isPresent()) {
            // A class within another, whose tests may go on.
            return;
        }
        try {
            check(List.copyOf(ANNOUNCED));
        } finally {
            ANNOUNCED.clear();
            ALLOWED.clear();
        }
    }

    /** Looks at what came since the last call. */
    static void check(List<String> announced) {
        try {
            for (String part : announced) {
                // What runs beside a test may speak after it.
                eventually(
                        "the log has a line with '" + part + "'",
                        () -> SEEN.stream().anyMatch(it -> text(it).contains(part)));
            }
            List<String> unexpected =
                    SEEN.stream()
                            .filter(LogGuard::fault)
                            .filter(it -> announced.stream().noneMatch(text(it)::contains))
                            .filter(it -> ALLOWED.stream().noneMatch(text(it)::contains))
                            .map(LogGuard::told)
                            .toList();
            if (!unexpected.isEmpty()) {
                throw new AssertionError(
                        unexpected.size()
                                + " faults came into the log that no test announces:\n"
                                + String.join("\n", unexpected));
            }
        } finally {
            SEEN.clear();
        }
    }

    /** What an announcement is looked for in. */
    private static String text(ILoggingEvent event) {
        var text = new StringBuilder(event.getFormattedMessage());
        for (IThrowableProxy cause = event.getThrowableProxy();
                cause != null;
                cause = cause.getCause()) {
            text.append('\n').append(cause.getClassName()).append(": ").append(cause.getMessage());
        }
        return text.toString();
    }

    private static boolean fault(ILoggingEvent event) {
        return !meansNothing(event)
                && (event.getLevel() == Level.ERROR || event.getThrowableProxy() != null);
    }

    /**
     * When a server of Vert.x closes, it takes its event loops away first and its port a moment
     * later. Who connects in between is closed in place of being refused, and Netty says so.
     */
    private static boolean meansNothing(ILoggingEvent event) {
        IThrowableProxy cause = event.getThrowableProxy();
        return cause != null
                && cause.getStackTraceElementProxyArray().length > 0
                && cause.getStackTraceElementProxyArray()[0]
                        .getStackTraceElement()
                        .getClassName()
                        .equals("io.vertx.core.net.impl.VertxEventLoopGroup")
                && event.getFormattedMessage().startsWith("Failed to register an accepted channel");
    }

    private static String told(ILoggingEvent event) {
        return "%s %s: %s %s\n%s"
                .formatted(
                        event.getLevel(),
                        event.getLoggerName(),
                        event.getFormattedMessage(),
                        event.getKeyValuePairs() == null ? "" : event.getKeyValuePairs(),
                        event.getThrowableProxy() == null
                                ? ""
                                : ThrowableProxyUtil.asString(event.getThrowableProxy()));
    }

    private static final class Watch extends AppenderBase<ILoggingEvent> {
        @Override
        protected void append(ILoggingEvent event) {
            if (event.getLevel().isGreaterOrEqual(Level.WARN)) {
                SEEN.add(event);
            }
        }
    }
}
