package dev.farol.control;

import dev.farol.spec.RoutingSnapshot.Authority;
import java.util.function.Supplier;

/** What the data plane judges tokens by; each look sees what is so now, and waits for nobody. */
public interface TokenAuthority extends Supplier<Authority> {
    /**
     * A token of a trusted issuer named a key that is not known: the issuer is asked for its keys
     * again, in the background, and not more often than once in a while.
     */
    void unknownKey(String issuer);
}
