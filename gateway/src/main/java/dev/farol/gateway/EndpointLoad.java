package dev.farol.gateway;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * What is counted of an endpoint, and what its limits count. Outlives snapshots.
 *
 * @param running requests under way
 * @param bytes what its bodies used of its bandwidth
 * @param meters of requests that came to none of its deployments
 */
record EndpointLoad(AtomicInteger running, RateLimit rate, Bandwidth bytes, RouteMeters meters) {}
