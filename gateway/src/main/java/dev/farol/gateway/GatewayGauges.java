package dev.farol.gateway;

import dev.farol.gateway.GatewayMetrics.Part;
import dev.farol.wire.ProxyServer;
import java.util.List;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** The metrics that are read off when somebody asks, rather than counted by requests. */
final class GatewayGauges {
    private GatewayGauges() {}

    static void register(
            GatewayMetrics metrics,
            ProxyServer proxy,
            MirrorQueue mirrors,
            SnapshotHolder snapshots,
            @Nullable AccessLog accessLog) {
        metrics.counting(
                "connections_total",
                "Connections of clients that were accepted.",
                () -> proxy.connections().accepted());
        metrics.gauge(
                "connections_open",
                "Connections of clients that are open.",
                () -> proxy.connections().open());
        metrics.counting(
                "mirror_copies_total",
                "Copies of requests for mirror deployments: sent; failed of those, by no answer or another than 200.",
                "outcome",
                List.of(
                        new Part("sent", () -> mirrors.counts().sent()),
                        new Part("failed", () -> mirrors.counts().failed())));
        metrics.counting(
                "mirror_lost_total",
                "Copies that were not made, by why not.",
                "reason",
                List.of(
                        new Part("queue_full", () -> mirrors.counts().lostFull()),
                        new Part("body_too_large", () -> mirrors.counts().lostStreamed()),
                        new Part("no_instance", () -> mirrors.counts().lostNotReady())));
        snapshot(metrics, snapshots);
        perDeployment(metrics, snapshots);
        metrics.counting(
                "access_log_lines_total",
                "Lines of the access log that were written, and those that were lost.",
                "outcome",
                List.of(
                        new Part("written", () -> accessLog == null ? 0 : accessLog.written()),
                        new Part("lost", () -> accessLog == null ? 0 : accessLog.lost())));
    }

    private static void snapshot(GatewayMetrics metrics, SnapshotHolder snapshots) {
        metrics.gauge(
                "snapshot_version",
                "The version of the routing snapshot in use; 0 before the first.",
                () -> snapshots.current().version());
        metrics.gauge(
                "snapshot_timestamp_seconds",
                "When that snapshot was taken in, in Unix time; 0 before the first.",
                () -> snapshots.since().getEpochSecond());
        metrics.counting(
                "snapshots_refused_total",
                "Snapshots that broke a rule and were not taken in.",
                snapshots::refused);
    }

    private static void perDeployment(GatewayMetrics metrics, SnapshotHolder snapshots) {
        perDeployment(
                metrics,
                snapshots,
                "requests_in_flight",
                "Requests under way.",
                deployment -> deployment.pending().get());
        perDeployment(
                metrics,
                snapshots,
                "requests_window",
                "How many requests may be under way before more are answered 429.",
                RoutedDeployment::window);
        perDeployment(
                metrics,
                snapshots,
                "instances",
                "Instances that requests may go to.",
                deployment -> deployment.instances().size());
        perDeployment(
                metrics,
                snapshots,
                "instances_ejected",
                "Of these, those that are left alone for a while because they failed.",
                GatewayGauges::paused);
    }

    private static long paused(RoutedDeployment deployment) {
        long now = System.nanoTime();
        return deployment.instances().stream().filter(each -> each.health().paused(now)).count();
    }

    private static void perDeployment(
            GatewayMetrics metrics,
            SnapshotHolder snapshots,
            String name,
            String help,
            ToLongFunction<RoutedDeployment> value) {
        metrics.gaugePerDeployment(
                name,
                help,
                told ->
                        snapshots
                                .current()
                                .forEachDeployment(
                                        (endpoint, key, deployment) ->
                                                told.call(
                                                        value.applyAsLong(deployment),
                                                        endpoint,
                                                        key)));
    }
}
