package dev.farol.gateway;

import dev.farol.wire.Target;
import java.util.concurrent.atomic.AtomicInteger;

/** An instance and how many requests are under way on it. */
record RoutedInstance(String id, Target target, AtomicInteger load) {}
