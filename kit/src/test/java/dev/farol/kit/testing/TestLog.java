package dev.farol.kit.testing;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ConfiguratorRank;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.spi.ContextAwareBase;
import ch.qos.logback.core.spi.FilterReply;
import org.slf4j.Logger;

/**
 * The log of every room's tests: warnings and errors that no test announces, on stderr. Below the
 * rank of what a room brings itself, and above Logback's own, which would print all that Netty
 * does.
 */
@ConfiguratorRank(ConfiguratorRank.NOMINAL + 1)
public final class TestLog extends ContextAwareBase implements Configurator {
    @Override
    public ExecutionStatus configure(LoggerContext context) {
        var encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern("%d{HH:mm:ss.SSS} %-5level %logger{24} %msg%kvp%n");
        encoder.start();
        var console = new ConsoleAppender<ILoggingEvent>();
        console.setTarget("System.err");
        console.setContext(context);
        console.setEncoder(encoder);
        console.addFilter(new Unannounced());
        console.start();
        var root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.WARN);
        root.addAppender(console);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    private static final class Unannounced extends Filter<ILoggingEvent> {
        @Override
        public FilterReply decide(ILoggingEvent event) {
            return LogGuard.announced(event) ? FilterReply.DENY : FilterReply.NEUTRAL;
        }
    }
}
