package dev.farol.gateway;

import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Counts requests by endpoint, deployment and status. */
final class RequestCounts implements ExchangeListener {
    private record Key(String endpoint, String deployment, int status) {}

    private final ConcurrentHashMap<Key, LongAdder> counts = new ConcurrentHashMap<>();

    @Override
    public void ended(ExchangeRecord exchange) {
        var key = new Key(exchange.endpoint(), exchange.deployment(), exchange.status());
        LongAdder count = counts.get(key);
        if (count == null) {
            count = counts.computeIfAbsent(key, first -> new LongAdder());
        }
        count.increment();
    }

    List<RequestCount> snapshot() {
        return counts.entrySet().stream()
                .map(
                        entry ->
                                new RequestCount(
                                        entry.getKey().endpoint(),
                                        entry.getKey().deployment(),
                                        entry.getKey().status(),
                                        entry.getValue().sum()))
                .sorted(
                        Comparator.comparing(RequestCount::endpoint)
                                .thenComparing(RequestCount::deployment)
                                .thenComparingInt(RequestCount::status))
                .toList();
    }
}
