package dev.farol.kit.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * What a test brings into the log on purpose: parts of messages, or of the names and messages of
 * the faults with them. Each that a test announces must come; what a class announces may. Neither
 * is printed; any other error, or warning with a trace, fails the class ({@link LogGuard}).
 */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
public @interface Logs {
    String[] value();
}
