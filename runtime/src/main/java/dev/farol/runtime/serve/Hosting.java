package dev.farol.runtime.serve;

import dev.farol.runtime.ConsoleLog;
import dev.farol.wire.EventLoop;

/**
 * What a replica gives a model to run with.
 *
 * @param loop on whose thread requests come and are answered
 * @param places how many calls of the engine compute at once
 * @param coders threads for bodies that are not the loop's work; the model's server closes them
 * @param console takes lines for the deployment's log
 * @param maxBody of a request after it is decompressed, in bytes
 */
public record Hosting(EventLoop loop, int places, Coders coders, ConsoleLog console, long maxBody) {
    /** With a coder for each place. */
    public static Hosting of(EventLoop loop, int places, ConsoleLog console, long maxBody) {
        return new Hosting(loop, places, new Coders(places, loop::execute), console, maxBody);
    }
}
