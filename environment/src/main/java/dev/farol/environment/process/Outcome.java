package dev.farol.environment.process;

/**
 * How a program ended.
 *
 * @param code its exit code, or -1 where the time was over
 * @param output all of its standard output
 * @param messages all of its standard error
 */
public record Outcome(int code, String output, String messages) {
    static final int TIME_OVER = -1;

    public boolean succeeded() {
        return code == 0;
    }

    public boolean timeOver() {
        return code == TIME_OVER;
    }
}
