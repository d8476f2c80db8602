package dev.farol.control.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.farol.spec.FarolException;
import dev.farol.spec.ResourceId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AssetLocationTest {
    private static final ResourceId WORKSPACE = ResourceId.workspace("s", "g", "w");

    @ParameterizedTest
    @CsvSource({
        "https://127.0.0.1:8443/farolstore.blob.core.windows.net/snap-1/code, snap-1, code",
        "https://127.0.0.1:8443//farolstore.blob.core.windows.net//snap-1//a//b/, snap-1, a/b",
        "https://host/farolstore.blob.core.windows.net/snap-1, snap-1, ''",
        "https://farolstore.blob.core.windows.net/snap-1/a%20b/c+d, snap-1, a b/c+d",
        "http://farolstore.blob.localhost:8443/snap-1/a?sv=1&sig=x, snap-1, a",
        "azureml://datastores/workspaceblobstore/paths/LocalUpload/1/model/, of s.g.w, LocalUpload/1/model",
        "azureml://subscriptions/S2/resourcegroups/G2/workspaces/W2/datastores/workspaceblobstore/paths/a/b, of S2.G2.W2, a/b",
        "azureml://subscriptions/S2/resourceGroups/G2/providers/Microsoft.MachineLearningServices/workspaces/W2/datastores/workspaceblobstore/paths/a, of S2.G2.W2, a",
    })
    void readsEveryFormOfAnAssetsUri(String uri, String container, String path) {
        assertThat(AssetLocation.of(uri, WORKSPACE, AssetLocationTest::container))
                .isEqualTo(new AssetLocation(container, path));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://example.com/models/a",
                "azureml://jobs/j/outputs/artifacts/paths/model",
                "runs:/1/model",
                "/home/me/model",
                "https://farolstore.blob.core.windows.net/",
                "https://farolstore.blob.core.windows.net/a/%zz",
                "",
            })
    void refusesWhatLiesElsewhere(String uri) {
        assertThatThrownBy(() -> AssetLocation.of(uri, WORKSPACE, AssetLocationTest::container))
                .isInstanceOf(FarolException.class)
                .hasMessageContaining("'" + uri + "'");
    }

    @Test
    void isCalledLikeItsLastSegment() {
        assertThat(new AssetLocation("c", "a/b/model").name()).isEqualTo("model");
        assertThat(new AssetLocation("c", "model").name()).isEqualTo("model");
        assertThat(new AssetLocation("c", "").name()).isEmpty();
    }

    private static String container(ResourceId datastore) {
        assertThat(datastore.name()).isEqualTo("workspaceblobstore");
        return "of "
                + datastore.subscription()
                + "."
                + datastore.resourceGroup()
                + "."
                + datastore.workspace();
    }
}
