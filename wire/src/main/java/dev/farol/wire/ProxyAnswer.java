package dev.farol.wire;

/** An answer that the proxy gives itself. */
public record ProxyAnswer(int status, Headers headers, byte[] body) implements ProxyDecision {}
