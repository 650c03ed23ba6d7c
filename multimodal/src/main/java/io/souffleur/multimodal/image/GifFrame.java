package io.souffleur.multimodal.image;

import io.souffleur.multimodal.ImageSize;
import java.awt.Point;
import java.awt.image.BufferedImage;
import java.io.IOException;
import javax.imageio.ImageReader;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;

/** Where the first frame of a GIF lies on its canvas; other formats have no canvas of their own. */
final class GifFrame {
  private static final String STREAM_FORMAT = "javax_imageio_gif_stream_1.0";
  private static final String IMAGE_FORMAT = "javax_imageio_gif_image_1.0";

  private GifFrame() {}

  /** The canvas, never smaller than the frame. */
  static ImageSize canvas(ImageReader reader, ImageSize frame) throws IOException {
    IIOMetadata stream = reader.getStreamMetadata();
    if (stream == null || !STREAM_FORMAT.equals(stream.getNativeMetadataFormatName())) {
      return frame;
    }
    IIOMetadataNode screen = child(stream, STREAM_FORMAT, "LogicalScreenDescriptor");
    Point at = offset(reader);
    int width = number(screen, "logicalScreenWidth", frame.width());
    int height = number(screen, "logicalScreenHeight", frame.height());
    return new ImageSize(
        Math.max(width, at.x + frame.width()), Math.max(height, at.y + frame.height()));
  }

  static Point placement(
      ImageFormat format, ImageReader reader, BufferedImage frame, ImageSize canvas)
      throws IOException {
    boolean whole = frame.getWidth() == canvas.width() && frame.getHeight() == canvas.height();
    return format != ImageFormat.GIF || whole ? new Point() : offset(reader);
  }

  private static Point offset(ImageReader reader) throws IOException {
    IIOMetadataNode image = child(reader.getImageMetadata(0), IMAGE_FORMAT, "ImageDescriptor");
    return new Point(number(image, "imageLeftPosition", 0), number(image, "imageTopPosition", 0));
  }

  private static IIOMetadataNode child(IIOMetadata metadata, String format, String name) {
    var root = (IIOMetadataNode) metadata.getAsTree(format);
    var nodes = root.getElementsByTagName(name);
    return nodes.getLength() == 0 ? new IIOMetadataNode(name) : (IIOMetadataNode) nodes.item(0);
  }

  private static int number(IIOMetadataNode node, String attribute, int otherwise) {
    String text = node.getAttribute(attribute);
    return text.isEmpty() ? otherwise : Integer.parseInt(text);
  }
}
