package dev.farol.gateway;

/**
 * How many requests ended so, of what is there; endpoint and deployment are empty where there was
 * none.
 */
public record RequestCount(String endpoint, String deployment, String status, long requests) {}
