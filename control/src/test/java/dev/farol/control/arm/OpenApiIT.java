package dev.farol.control.arm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.control.ControlConfig;
import dev.farol.control.FixtureRoutes;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class OpenApiIT {
    @TempDir Path home;

    @Test
    void listsEveryRouteAndNothingElse() throws IOException {
        List<Route> routes = routes();
        JsonNode document = OpenApi.of(routes);

        Set<String> inTable = new TreeSet<>();
        for (Route route : routes) {
            OpenApi.methods(route)
                    .forEach(method -> inTable.add(method + " " + OpenApi.path(route)));
        }
        Set<String> inDocument = new TreeSet<>();
        document.path("paths")
                .forEachEntry(
                        (path, item) ->
                                item.propertyNames()
                                        .forEach(method -> inDocument.add(method + " " + path)));
        assertThat(inDocument).isEqualTo(inTable).hasSizeGreaterThan(100);
    }

    @Test
    void saysWhatEachTakesAndAnswersErrorsIncluded() throws IOException {
        JsonNode document = OpenApi.of(routes());
        Set<String> ids = new HashSet<>();
        Set<String> references = new HashSet<>();
        document.path("paths")
                .forEachEntry(
                        (path, item) ->
                                item.forEachEntry(
                                        (method, operation) -> {
                                            String what = method + " " + path;
                                            assertThat(
                                                            ids.add(
                                                                    operation
                                                                            .path("operationId")
                                                                            .asString()))
                                                    .as(what)
                                                    .isTrue();
                                            JsonNode responses = operation.path("responses");
                                            assertThat(responses.has("400")).as(what).isTrue();
                                            if (operation.has("security")) {
                                                assertThat(responses.has("401")).as(what).isTrue();
                                                assertThat(responses.has("404")).as(what).isTrue();
                                            }
                                            responses
                                                    .findValuesAsString("$ref")
                                                    .forEach(references::add);
                                        }));
        assertThat(references).contains("#/components/schemas/ErrorResponse");
        for (String reference : references) {
            assertThat(document.at(reference.substring(1)).isMissingNode()).as(reference).isFalse();
        }
        JsonNode deployment =
                document.at(
                        "/components/schemas/OnlineDeployment/properties/properties/properties/"
                                + "requestSettings/properties/requestTimeout/default");
        assertThat(deployment.asString()).isEqualTo("PT5S");
    }

    @Test
    void describesDurationsAsTheyAreAnswered() {
        String pattern =
                Schemas.of(ValueType.span(Duration.ZERO, Duration.ofHours(1)), Schemas.Side.ANSWER)
                        .path("pattern")
                        .asString();

        for (String text : List.of("PT0S", "PT0.5S", "PT1M30S", "PT1H", "P1DT2H")) {
            assertThat(text).matches(pattern);
        }
        for (String text : List.of("", "P", "PT", "5", "PT5", "5S")) {
            assertThat(text).doesNotMatch(pattern);
        }
    }

    private List<Route> routes() throws IOException {
        try (var fixture = FixtureRoutes.open(home)) {
            return fixture.routes(ControlConfig.DEFAULTS).routes();
        }
    }
}
