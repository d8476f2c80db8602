package dev.farol.gateway;

import dev.farol.wire.HeaderEdit;
import dev.farol.wire.ProxyMirror;
import dev.farol.wire.Target;
import java.time.Duration;

/** One copy for a mirror deployment. */
record ScoringMirror(
        MirrorQueue queue,
        RoutedDeployment deployment,
        RoutedInstance instance,
        String requestTarget)
        implements ProxyMirror {
    @Override
    public Target target() {
        return instance.target();
    }

    @Override
    public Duration timeout() {
        return deployment.settings().requestTimeout();
    }

    @Override
    public void requestHeaders(HeaderEdit headers) {
        headers.remove(Reasons.DEPLOYMENT_HEADER);
    }

    @Override
    public void done(int status) {
        instance.load().decrementAndGet();
        queue.leave(deployment.load().copies(), status == 200);
    }
}
