package dev.farol.backend.local;

/** What can happen to an instance. */
enum InstanceEvent {
    /** The readiness probe is answered, as often as it has to. */
    ANSWERED,
    /** The readiness probe failed too often. */
    READINESS_LOST,
    /** The liveness probe failed too often. */
    LIVENESS_LOST,
    /** The start took too long. */
    OVERDUE,
    /** The replica's process ended, or could not be started. */
    ENDED,
    /** It is time for the next try. */
    PAUSE_OVER,
    /** Somebody wants it gone. */
    REMOVED,
    /** The time for requests to end is over. */
    DRAIN_OVER
}
