package dev.farol.gateway;

/**
 * Hears of every request when it is over. Called on event loops, by several at once: it must not
 * block.
 */
@FunctionalInterface
public interface ExchangeListener {
    void ended(ExchangeRecord exchange);
}
