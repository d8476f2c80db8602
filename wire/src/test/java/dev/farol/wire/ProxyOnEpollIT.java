package dev.farol.wire;

/** The same where the kernel has no io_uring, or does not let it be used. */
class ProxyOnEpollIT extends ProxyIT {
    @Override
    boolean ioUring() {
        return false;
    }
}
