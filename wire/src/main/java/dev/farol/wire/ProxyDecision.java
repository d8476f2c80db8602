package dev.farol.wire;

/** What becomes of a request: answered on the spot, or forwarded. */
public sealed interface ProxyDecision permits ProxyAnswer, ProxyForward {}
