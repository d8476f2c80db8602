package dev.farol.cli.yaml;

/**
 * Where a value stands.
 *
 * @param source the file as the user named it, or the flag that set the value
 * @param line from 1; 0 when the source has no lines
 * @param column from 1
 */
public record At(String source, int line, int column) {
    /** What the service answered: right by definition, so that limits are not checked again. */
    public static final At SERVICE = new At("the service's answer", 0, 0);

    public static At flag(String flag) {
        return new At(flag, 0, 0);
    }

    @Override
    public String toString() {
        return line == 0 ? source : source + ":" + line + ":" + column;
    }
}
