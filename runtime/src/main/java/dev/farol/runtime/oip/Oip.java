package dev.farol.runtime.oip;

import dev.farol.runtime.ModelRuntime;
import dev.farol.runtime.ModelRuntime.Route;
import dev.farol.runtime.RpcService;
import dev.farol.runtime.ScoreListener;
import dev.farol.runtime.ScoreRequest;
import dev.farol.runtime.ScoreResult;
import dev.farol.runtime.serve.Coders;
import dev.farol.runtime.serve.RouteSet;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The Open Inference Protocol over the models of a repository, for a {@link ModelRuntime}. */
public final class Oip implements RouteSet {
    private static final Logger LOG = LoggerFactory.getLogger(Oip.class);

    private final RestProtocol rest;
    private final GrpcProtocol grpc;

    /**
     * @param name of the server
     * @param version of Farol
     * @param maxBody of a request after it is inflated, in bytes
     * @param coders for bodies that are large; whoever made them closes them
     */
    public Oip(
            ModelRepository repository, String name, String version, long maxBody, Coders coders) {
        var server = new Server(name, version);
        var elsewhere = new Elsewhere(coders);
        this.rest = new RestProtocol(repository, server, maxBody, elsewhere);
        this.grpc = new GrpcProtocol(repository, server, elsewhere);
    }

    @Override
    public Route route(String method, String path) {
        return RestProtocol.route(method, path);
    }

    @Override
    public ModelRuntime.Scoring score(ScoreRequest request, ScoreListener listener) {
        var scoring = new Once();
        Consumer<ScoreResult> heard =
                result -> {
                    if (scoring.wanted) {
                        scoring.wanted = false;
                        listener.answered(result);
                    }
                };
        try {
            rest.answer(request, heard);
        } catch (RuntimeException fault) {
            // Without an answer the request would keep its place in the lane.
            LOG.error("{} {} failed", request.method(), request.path(), fault);
            heard.accept(RestProtocol.error(new Refused(Refused.Kind.MODEL, "The server failed")));
        }
        return scoring;
    }

    /** The description of the REST side. */
    public static String openApi() {
        try (InputStream in = Oip.class.getResourceAsStream("openapi.json")) {
            return new String(
                    Objects.requireNonNull(in, "openapi.json").readAllBytes(),
                    StandardCharsets.UTF_8);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    /** What {@link ModelRuntime#rpc} is to say. */
    public RpcService rpc() {
        return grpc;
    }

    /** One answer, no stream. A client that is gone keeps its place until the model is done. */
    private static final class Once implements ModelRuntime.Scoring {
        private boolean wanted = true;

        @Override
        public void expire() {
            wanted = false;
        }

        @Override
        public void cancel() {
            // The answer goes nowhere, and gives the place in the lane back.
        }

        @Override
        public void taken(int bytes) {
            // Nothing streams.
        }
    }
}
