package dev.farol.gateway;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One line per request, for those who turn it on. */
final class AccessLog implements ExchangeListener {
    private static final Logger log = LoggerFactory.getLogger("dev.farol.gateway.access");

    @Override
    public void ended(ExchangeRecord exchange) {
        if (log.isDebugEnabled()) {
            log.debug("{}", exchange);
        }
    }
}
