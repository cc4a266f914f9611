const GAINS = [64, 32, 16, 8, 4, 2, 1];

function pixels(image) {
  const canvas = document.createElement('canvas');
  canvas.width = image.naturalWidth;
  canvas.height = image.naturalHeight;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  context.drawImage(image, 0, 0);
  return context.getImageData(0, 0, canvas.width, canvas.height).data;
}

/**
 * Draws how far two pictures of a size are apart: of each pixel the largest difference of its colours, magnified as far as the
 * largest of all allows.
 *
 * @returns PSNR over all values and the magnification in a sentence, or why there is none
 */
export function difference(a, b, canvas) {
  if (a.naturalWidth !== b.naturalWidth || a.naturalHeight !== b.naturalHeight) {
    canvas.width = 1;
    canvas.height = 1;
    return `A has ${a.naturalWidth}x${a.naturalHeight} pixels, B ${b.naturalWidth}x${b.naturalHeight}: they cannot be measured.`;
  }
  const first = pixels(a);
  const second = pixels(b);
  const apart = new Uint8Array(first.length / 4);
  let squares = 0;
  let greatest = 0;
  for (let i = 0; i < first.length; i += 4) {
    let most = 0;
    for (let channel = i; channel < i + 3; channel += 1) {
      const each = Math.abs(first[channel] - second[channel]);
      squares += each * each;
      most = Math.max(most, each);
    }
    apart[i / 4] = most;
    greatest = Math.max(greatest, most);
  }
  const gain = GAINS.find((each) => each * greatest <= 255) ?? 1;
  draw(apart, gain, canvas, a);
  if (squares === 0) {
    return 'The two are equal, pixel by pixel.';
  }
  const mean = squares / ((first.length / 4) * 3);
  return `PSNR ${(10 * Math.log10((255 * 255) / mean)).toFixed(2)} dB; largest difference ${greatest} of 255${gain > 1 ? `, magnified ${gain} times in the map` : ''}.`;
}

function draw(apart, gain, canvas, image) {
  canvas.width = image.naturalWidth;
  canvas.height = image.naturalHeight;
  const context = canvas.getContext('2d');
  const map = context.createImageData(canvas.width, canvas.height);
  apart.forEach((each, index) => {
    const value = Math.min(255, each * gain) / 255;
    // black over violet and orange to pale yellow, as the report's maps
    map.data.set([255 * Math.min(1, 1.6 * value), 255 * Math.max(0, 1.5 * value - 0.45), 255 * (value < 0.5 ? 0.9 * value : 0.45 - Math.max(0, 0.9 * (value - 0.5)) + Math.max(0, 3 * (value - 0.8))), 255], 4 * index);
  });
  context.putImageData(map, 0, 0);
}
