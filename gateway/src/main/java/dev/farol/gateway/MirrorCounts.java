package dev.farol.gateway;

/**
 * What became of the copies since the gateway started.
 *
 * @param sent copies that went out
 * @param failed of these, that got no answer, or another than 200
 * @param lostFull not made, because too many were under way
 * @param lostStreamed not made, because the body was too large to keep
 * @param lostNotReady not made, because the deployment had no instance
 */
public record MirrorCounts(
        long sent, long failed, long lostFull, long lostStreamed, long lostNotReady) {}
