package dev.farol.spec;

/** How callers of an endpoint prove who they are (contracts §1.7). */
public enum AuthMode {
    KEY("Key"),
    AML_TOKEN("AMLToken"),
    AAD_TOKEN("AADToken");

    private final String wire;

    AuthMode(String wire) {
        this.wire = wire;
    }

    /** The canonical spelling on the wire. */
    public String wire() {
        return wire;
    }
}
