package io.souffleur.benchmarks.media;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Random;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;

/** A JPEG file that compresses about as a photograph does: slopes, edges and a little noise. */
final class Photo {
  private static final float QUALITY = 0.9f;

  private Photo() {}

  static byte[] jpeg(int width, int height) throws IOException {
    var image = new BufferedImage(width, height, BufferedImage.TYPE_3BYTE_BGR);
    var random = new Random(1);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int edge = (x / 90 + y / 70) % 2 * 40;
        int noise = random.nextInt(12);
        int red = (x * 200 / width + edge + noise) & 0xff;
        int green = (y * 200 / height + edge + noise) & 0xff;
        int blue = ((x + y) * 200 / (width + height) + noise) & 0xff;
        image.setRGB(x, y, red << 16 | green << 8 | blue);
      }
    }
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    var file = new ByteArrayOutputStream();
    try (var out = ImageIO.createImageOutputStream(file)) {
      writer.setOutput(out);
      ImageWriteParam how = writer.getDefaultWriteParam();
      how.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      how.setCompressionQuality(QUALITY);
      writer.write(null, new IIOImage(image, null, null), how);
    } finally {
      writer.dispose();
    }
    return file.toByteArray();
  }
}
