package dev.farol.gateway;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * What an endpoint's limits count. Outlives snapshots.
 *
 * @param running requests under way
 */
record EndpointLoad(AtomicInteger running, RateLimit rate) {}
