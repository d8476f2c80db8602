package dev.farol.control.arm;

import dev.farol.wire.ApiResponse;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The OpenAPI document as it is served, made when somebody first asks. */
final class PublishedDocument {
    private final List<Route> routes;
    private volatile @Nullable String text;

    /**
     * @param routes all there are when the first request comes
     */
    PublishedDocument(List<Route> routes) {
        this.routes = routes;
    }

    ApiResponse get(ArmCall call) {
        String made = text;
        if (made == null) {
            made = OpenApi.of(routes).toString();
            text = made;
        }
        return ApiResponse.json(200, made);
    }
}
