package dev.farol.gateway;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * What is counted of a deployment. Outlives snapshots.
 *
 * @param pending requests under way in all
 * @param copies mirrored requests under way
 */
record DeploymentLoad(AtomicInteger pending, AtomicInteger copies, RouteMeters meters) {}
