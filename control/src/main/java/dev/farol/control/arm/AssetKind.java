package dev.farol.control.arm;

import java.util.List;

/**
 * A kind of versioned assets (contracts §1.11).
 *
 * @param type the path segment
 * @param word what messages call it
 * @param shape the body of a version
 * @param fixed the properties that make up a version's content: they never change
 */
record AssetKind(String type, String word, Shape shape, List<String> fixed) {
    static final AssetKind CODE = new AssetKind("codes", "code", Shapes.CODE, List.of("codeUri"));
    static final AssetKind MODEL =
            new AssetKind("models", "model", Shapes.MODEL, List.of("modelUri", "modelType"));
    static final AssetKind ENVIRONMENT =
            new AssetKind(
                    "environments",
                    "environment",
                    Shapes.ENVIRONMENT,
                    List.of("image", "condaFile", "build", "osType"));
    static final AssetKind DATA =
            new AssetKind("data", "data asset", Shapes.DATA, List.of("dataUri", "dataType"));

    static final AssetKind COMPONENT =
            new AssetKind("components", "component", Shapes.COMPONENT, List.of("componentSpec"));

    static final List<AssetKind> ALL = List.of(CODE, MODEL, ENVIRONMENT, DATA, COMPONENT);
}
