package dev.farol.wire.proxy;

/** Which of the connections that a target has open already a request may take. */
enum Kept {
    /** Any: the request goes again if the connection proves dead. */
    ANY,
    /** One that is as good as sure to live: the body comes from the client once. */
    LIVE,
    /** None. */
    NONE
}
