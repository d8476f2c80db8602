package dev.farol.control.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.farol.spec.FarolException;
import dev.farol.spec.ResourceId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AssetReferenceTest {
    private static final ResourceId WORKSPACE = ResourceId.workspace("s", "g", "w");
    private static final ResourceId VERSION = WORKSPACE.child("models", "m").child("versions", "1");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w/models/m/versions/1",
                "/subscriptions/S/resourcegroups/G/providers/microsoft.machinelearningservices/workspaces/W/Models/M/Versions/1",
                "azureml:/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w/models/m/versions/1",
                "azureml://locations/local/workspaces/0b9c/models/m/versions/1",
                "azureml:m:1",
            })
    void findsTheVersion(String text) {
        assertThat(AssetReference.resolve(text, "models", WORKSPACE).key())
                .isEqualTo(VERSION.key());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "azureml://registries/r/codes/m/versions/1",
                "azureml:m@latest",
                "m:1",
                "/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w/models/m",
                "/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w/codes/m/versions/1",
            })
    void refusesWhatIsNoVersionOfThatType(String text) {
        assertThatThrownBy(() -> AssetReference.resolve(text, "models", WORKSPACE))
                .isInstanceOf(FarolException.class)
                .hasMessageContaining("'" + text + "'");
    }

    @Test
    void findsAVersionOfARegistryAndSpellsIt() {
        String text = "azureml://registries/local/models/m/versions/1";

        ResourceId id = AssetReference.resolve(text, "models", WORKSPACE);

        assertThat(id)
                .isEqualTo(
                        ResourceId.registry("local").child("models", "m").child("versions", "1"));
        assertThat(AssetReference.registryForm(id)).isEqualTo(text);
        assertThat(ResourceId.parse(id.toString())).isEqualTo(id);
        assertThat(id.armType())
                .isEqualTo("Microsoft.MachineLearningServices/registries/models/versions");
    }
}
