package dev.farol.control.arm;

import dev.farol.kit.Json;
import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import dev.farol.store.Resource;
import dev.farol.wire.ApiResponse;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Lists, a page at a time: {@code {"value":[…],"nextLink":"…"}} (contracts §1.5). */
final class Paging {
    private static final int PAGE = 100;
    private static final int MAX_PAGE = 1000;

    private Paging() {}

    /** Reads {@code limit} resources after the first {@code offset}; fewer only at the end. */
    @FunctionalInterface
    interface Source {
        List<Resource> read(int offset, int limit);
    }

    /** A page of those that are wanted; {@code $top} bounds the list, {@code count} the page. */
    static ApiResponse answer(
            ArmCall call,
            Source source,
            Predicate<Resource> wanted,
            Function<Resource, ObjectNode> view) {
        int top = number(call, "$top", 0);
        int page = top > 0 ? top : number(call, "count", PAGE);
        int offset = number(call, "$skip", 0);
        ObjectNode body = Json.object();
        ArrayNode value = body.putArray("value");
        int batch = Math.min(page, MAX_PAGE) + 1;
        while (true) {
            List<Resource> read = source.read(offset, batch);
            for (Resource resource : read) {
                if (wanted.test(resource)) {
                    if (value.size() == Math.min(page, MAX_PAGE)) {
                        if (top == 0) {
                            body.put("nextLink", nextLink(call, offset));
                        }
                        return ApiResponse.json(200, body.toString());
                    }
                    value.add(view.apply(resource));
                }
                offset++;
            }
            if (read.size() < batch) {
                return ApiResponse.json(200, body.toString());
            }
        }
    }

    /** All of a short list. */
    static ApiResponse all(List<ObjectNode> items) {
        ObjectNode body = Json.object();
        ArrayNode value = body.putArray("value");
        items.forEach(value::add);
        return ApiResponse.json(200, body.toString());
    }

    private static String nextLink(ArmCall call, int offset) {
        String kept =
                Arrays.stream(call.request().query().split("&"))
                        .filter(
                                pair ->
                                        !pair.isEmpty()
                                                && !pair.startsWith("$skip=")
                                                && !pair.startsWith("%24skip="))
                        .collect(Collectors.joining("&"));
        return call.url(
                call.request().path()
                        + "?"
                        + (kept.isEmpty() ? "" : kept + "&")
                        + "%24skip="
                        + offset);
    }

    private static int number(ArmCall call, String parameter, int otherwise) {
        String text = call.parameter(parameter).orElse("");
        if (text.isEmpty()) {
            return otherwise;
        }
        // Nine digits at most, so that the number always fits.
        if (text.matches("[0-9]{1,9}")) {
            int number = Integer.parseInt(text);
            return number == 0 ? otherwise : number;
        }
        throw new FarolException(
                ErrorCode.INVALID_ARGUMENT,
                parameter,
                "'" + text + "' (expected: a whole number, 1 or more)");
    }
}
