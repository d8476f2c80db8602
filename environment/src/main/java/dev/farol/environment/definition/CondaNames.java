package dev.farol.environment.definition;

import java.util.Map;
import java.util.Set;

/** Where conda and the Python package index differ in names. */
final class CondaNames {
    /** Conda's name to the index's name. */
    private static final Map<String, String> RENAMED =
            Map.ofEntries(
                    Map.entry("pytorch", "torch"),
                    Map.entry("pytorch-cpu", "torch"),
                    Map.entry("pytorch-gpu", "torch"),
                    Map.entry("py-xgboost", "xgboost"),
                    Map.entry("py-xgboost-cpu", "xgboost"),
                    Map.entry("py-xgboost-gpu", "xgboost"),
                    Map.entry("pytables", "tables"),
                    Map.entry("opencv", "opencv-python-headless"),
                    Map.entry("py-opencv", "opencv-python-headless"),
                    Map.entry("tensorflow-mkl", "tensorflow-cpu"),
                    Map.entry("tensorflow-eigen", "tensorflow-cpu"),
                    Map.entry("tensorflow-gpu", "tensorflow"),
                    Map.entry("tensorflow-base", "tensorflow"),
                    Map.entry("matplotlib-base", "matplotlib"),
                    Map.entry("seaborn-base", "seaborn"),
                    Map.entry("geopandas-base", "geopandas"),
                    Map.entry("numpy-base", "numpy"),
                    Map.entry("dask-core", "dask"),
                    Map.entry("msgpack-python", "msgpack"),
                    Map.entry("pyarrow-core", "pyarrow"),
                    Map.entry("faiss", "faiss-cpu"),
                    Map.entry("onnxruntime-cpu", "onnxruntime"),
                    Map.entry("fbprophet", "prophet"),
                    Map.entry("python-graphviz", "graphviz"),
                    Map.entry("python-flatbuffers", "flatbuffers"),
                    Map.entry("python-kaleido", "kaleido"),
                    Map.entry("python-duckdb", "duckdb"),
                    Map.entry("python-xxhash", "xxhash"),
                    Map.entry("python-tzdata", "tzdata"),
                    Map.entry("python-fastjsonschema", "fastjsonschema"),
                    Map.entry("brotli-python", "brotli"),
                    Map.entry("ruamel_yaml", "ruamel.yaml"),
                    Map.entry("psycopg2", "psycopg2-binary"),
                    Map.entry("pyqt", "pyqt5"),
                    Map.entry("snowflake", "snowflake-connector-python"));

    /** Packages whose releases on the index have one number more than on conda. */
    private static final Set<String> LONGER_VERSIONS = Set.of("opencv-python-headless");

    /** Not Python packages: system libraries, compilers, drivers, conda's own machinery. */
    private static final Set<String> SYSTEM =
            Set.of(
                    "conda",
                    "cudatoolkit",
                    "cudatoolkit-dev",
                    "cudnn",
                    "nccl",
                    "cutensor",
                    "pytorch-cuda",
                    "pytorch-mutex",
                    "cpuonly",
                    "mkl",
                    "mkl-service",
                    "mkl_fft",
                    "mkl_random",
                    "nomkl",
                    "blas",
                    "openblas",
                    "tbb",
                    "intel-openmp",
                    "llvm-openmp",
                    "openmpi",
                    "mpich",
                    "mpi",
                    "git",
                    "git-lfs",
                    "ffmpeg",
                    "gcc",
                    "gxx",
                    "gcc_linux-64",
                    "gxx_linux-64",
                    "gfortran",
                    "clang",
                    "clangxx",
                    "compilers",
                    "c-compiler",
                    "cxx-compiler",
                    "make",
                    "pkg-config",
                    "binutils",
                    "openssl",
                    "ca-certificates",
                    "zlib",
                    "bzip2",
                    "xz",
                    "lz4-c",
                    "zstd",
                    "sqlite",
                    "tk",
                    "ncurses",
                    "readline",
                    "openjdk",
                    "nodejs",
                    "curl",
                    "wget",
                    "graphviz",
                    "pandoc",
                    "jpeg",
                    "hdf5",
                    "freetype",
                    "fontconfig",
                    "glib",
                    "icu",
                    "poppler",
                    "tesseract",
                    "eigen",
                    "boost-cpp",
                    "swig",
                    "unixodbc",
                    "postgresql",
                    "r-base",
                    "_openmp_mutex",
                    "ld_impl_linux-64",
                    "tzcode",
                    "yaml",
                    "snappy",
                    "hnswlib-cpp");

    /** Python packages whose name starts like a system library's. */
    private static final Set<String> NOT_LIBRARIES =
            Set.of("librosa", "libcst", "libclang", "libsass", "libtmux", "liblinear-official");

    private CondaNames() {}

    static String onIndex(String name) {
        return RENAMED.getOrDefault(name, name);
    }

    static boolean hasLongerVersions(String nameOnIndex) {
        return LONGER_VERSIONS.contains(nameOnIndex);
    }

    static boolean isSystem(String name) {
        if (SYSTEM.contains(name)) {
            return true;
        }
        if (name.startsWith("lib")) {
            return !NOT_LIBRARIES.contains(name);
        }
        return name.startsWith("_")
                || name.startsWith("cuda-")
                || name.startsWith("r-")
                || name.startsWith("gstreamer")
                || name.startsWith("xorg-");
    }
}
