package dev.farol.cli;

import java.time.Duration;

/** Elapsed time and pauses, so that tests need neither. */
public interface CliClock {
    CliClock SYSTEM =
            new CliClock() {
                @Override
                public long nanoTime() {
                    return System.nanoTime();
                }

                @Override
                public void pause(Duration duration) throws InterruptedException {
                    Thread.sleep(duration);
                }
            };

    long nanoTime();

    void pause(Duration duration) throws InterruptedException;
}
