package dev.farol.wire;

/** Why a target gave no answer. */
public enum ProxyFailure {
    /** No connection could be opened: the request reached nobody. */
    CONNECT,
    /** The connection broke before the answer began: the request may have run. */
    LOST,
    /** The answer did not begin in time. */
    TIMEOUT
}
