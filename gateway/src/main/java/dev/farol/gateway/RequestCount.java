package dev.farol.gateway;

/**
 * How many requests ended so since the gateway started; endpoint and deployment are empty where
 * there was none.
 */
public record RequestCount(String endpoint, String deployment, int status, long requests) {}
