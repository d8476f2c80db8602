package dev.farol.runtime.serve;

import dev.farol.runtime.serve.Request.Form;
import dev.farol.runtime.serve.Request.Refused;
import dev.farol.runtime.tensor.DataType;
import dev.farol.runtime.tensor.ModelInfo;
import dev.farol.runtime.tensor.Tensor;
import dev.farol.runtime.tensor.TensorInfo;
import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * Reads a JPEG or PNG picture as a tensor. Scaled down it is as Pillow's {@code BILINEAR} makes it:
 * every pixel is the weighted mean of those that it covers.
 */
final class ImageBody {
    private static final long MOST_PIXELS = 50_000_000;

    /** The marker whose lack Java's reader of JPEG warns of. */
    private static final String NO_END = "EOI";

    private final Preprocessing how;

    ImageBody(Preprocessing how) {
        this.how = how;
    }

    /** Takes milliseconds: not for the loop. */
    Request read(ModelInfo model, ByteBuffer body) {
        TensorInfo input = input(model);
        int orientation = how.upright() ? Orientation.of(body) : Orientation.UPRIGHT;
        float[][] planes = planes(decoded(body), orientation);
        int depth = how.depth();
        int pixels = how.height() * how.width();
        ByteBuffer data =
                ByteBuffer.allocate(depth * pixels * input.type().size())
                        .order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < depth * pixels; i++) {
            int channel = how.last() ? i % depth : i / pixels;
            int pixel = how.last() ? i / depth : i % pixels;
            double value =
                    (planes[channel][pixel] * how.scale() - how.mean().get(channel))
                            / how.std().get(channel);
            switch (input.type()) {
                case FP32 -> data.putFloat((float) value);
                case FP64 -> data.putDouble(value);
                case FP16 -> data.putShort(Float.floatToFloat16((float) value));
                default -> data.put((byte) Math.clamp(Math.round(value), 0, 255));
            }
        }
        long[] shape =
                how.last()
                        ? new long[] {1, how.height(), how.width(), depth}
                        : new long[] {1, depth, how.height(), how.width()};
        return Request.of(
                List.of(new Tensor(input.name(), input.type(), shape, data.flip())), Form.TENSORS);
    }

    private TensorInfo input(ModelInfo model) {
        for (TensorInfo info : model.inputs()) {
            boolean meant =
                    how.input() == null
                            ? model.inputs().size() == 1
                            : info.name().equals(how.input());
            if (meant) {
                if (info.type() == DataType.FP32
                        || info.type() == DataType.FP64
                        || info.type() == DataType.FP16
                        || info.type() == DataType.UINT8) {
                    return info;
                }
                throw new Refused(
                        415,
                        "The input '"
                                + info.name()
                                + "' is "
                                + info.type()
                                + ", which no picture becomes (expected: FP32, FP64, FP16, UINT8)");
            }
        }
        throw new Refused(
                415,
                Preprocessing.FILE
                        + " does not say which input takes pictures (expected: input, one of "
                        + model.inputs().stream().map(TensorInfo::name).toList()
                        + ")");
    }

    private static BufferedImage decoded(ByteBuffer body) {
        byte[] bytes = new byte[body.remaining()];
        body.duplicate().get(bytes);
        try (var in = new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes))) {
            Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
            if (!readers.hasNext()) {
                throw new Refused("The body is no picture (expected: JPEG or PNG)");
            }
            ImageReader reader = readers.next();
            try {
                reader.setInput(in, true, true);
                long pixels = (long) reader.getWidth(0) * reader.getHeight(0);
                if (pixels > MOST_PIXELS) {
                    throw new Refused(
                            "The picture has "
                                    + pixels
                                    + " pixels (expected: at most "
                                    + MOST_PIXELS
                                    + ")");
                }
                var warnings = new ArrayList<String>();
                reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
                BufferedImage image = reader.read(0);
                // Java makes up what is missing of a JPEG, and says so beside it.
                if (warnings.stream().anyMatch(warning -> warning.contains(NO_END))) {
                    throw new Refused(
                            "The picture is cut off: " + bytes.length + " bytes without its end");
                }
                return image;
            } finally {
                reader.dispose();
            }
        } catch (IOException | IllegalArgumentException | IndexOutOfBoundsException broken) {
            throw new Refused("The picture cannot be decoded: " + broken.getMessage());
        }
    }

    /** Each channel, scaled to the size that is wanted. */
    private float[][] planes(BufferedImage image, int orientation) {
        boolean turns = Orientation.turns(orientation);
        int width = turns ? image.getHeight() : image.getWidth();
        int height = turns ? image.getWidth() : image.getHeight();
        double left = 0;
        double top = 0;
        double right = width;
        double bottom = height;
        if (how.crop()) {
            double factor = Math.min((double) width / how.width(), (double) height / how.height());
            left = (width - how.width() * factor) / 2;
            right = width - left;
            top = (height - how.height() * factor) / 2;
            bottom = height - top;
        }
        float[][] sources = channels(image, width, orientation);
        var planes = new float[sources.length][];
        for (int i = 0; i < sources.length; i++) {
            float[] wide = scaled(sources[i], width, height, how.width(), left, right);
            float[] turned = transposed(wide, how.width(), height);
            float[] both = scaled(turned, height, how.width(), how.height(), top, bottom);
            planes[i] = transposed(both, how.height(), how.width());
        }
        return planes;
    }

    private float[][] channels(BufferedImage image, int width, int orientation) {
        int pixels = image.getWidth() * image.getHeight();
        var planes = new float[how.depth()][pixels];
        Raster raster = image.getRaster();
        boolean gray = raster.getNumBands() == 1 && image.getType() == BufferedImage.TYPE_BYTE_GRAY;
        for (int at = 0; at < pixels; at++) {
            int x = Orientation.x(orientation, at % width, at / width, image.getWidth());
            int y = Orientation.y(orientation, at % width, at / width, image.getHeight());
            // Java's own conversion of gray would change how bright it is.
            int value = gray ? raster.getSample(x, y, 0) * 0x10101 : image.getRGB(x, y);
            int red = value >> 16 & 255;
            int green = value >> 8 & 255;
            int blue = value & 255;
            switch (how.channels()) {
                case "gray" -> planes[0][at] = (red * 299 + green * 587 + blue * 114 + 500) / 1000;
                case "bgr" -> set(planes, at, blue, green, red);
                default -> set(planes, at, red, green, blue);
            }
        }
        return planes;
    }

    private static void set(float[][] planes, int at, int one, int two, int three) {
        planes[0][at] = one;
        planes[1][at] = two;
        planes[2][at] = three;
    }

    /** Every line between {@code from} and {@code to}, in {@code size} steps. */
    private static float[] scaled(
            float[] source, int width, int lines, int size, double from, double to) {
        double step = (to - from) / size;
        double support = Math.max(step, 1);
        var result = new float[size * lines];
        for (int x = 0; x < size; x++) {
            double centre = from + (x + 0.5) * step;
            int first = Math.max(0, (int) (centre - support + 0.5));
            int end = Math.min(width, (int) (centre + support + 0.5));
            double[] weights = new double[end - first];
            double sum = 0;
            for (int i = first; i < end; i++) {
                double weight = Math.max(0, 1 - Math.abs((i + 0.5 - centre) / support));
                weights[i - first] = weight;
                sum += weight;
            }
            for (int line = 0; line < lines; line++) {
                double value = 0;
                for (int i = first; i < end; i++) {
                    value += source[line * width + i] * weights[i - first];
                }
                // A pixel is whole between the two steps, as it is in Pillow.
                result[line * size + x] = Math.clamp(Math.round(value / sum), 0, 255);
            }
        }
        return result;
    }

    private static float[] transposed(float[] plane, int width, int height) {
        var turned = new float[plane.length];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                turned[x * height + y] = plane[y * width + x];
            }
        }
        return turned;
    }
}
