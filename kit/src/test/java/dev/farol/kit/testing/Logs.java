package dev.farol.kit.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * What a test brings into the log on purpose: parts of messages. Each must come, and is then not
 * printed; any other error, or warning with a trace, fails the class ({@link LogGuard}).
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Logs {
    String[] value();
}
