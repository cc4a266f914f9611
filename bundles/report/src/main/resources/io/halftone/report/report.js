(function () {
  'use strict';
  var dialog = document.getElementById('compare');
  if (!dialog || !dialog.showModal) {
    return;
  }
  function by(id) {
    return document.getElementById(id);
  }
  var shots = Array.prototype.map.call(document.querySelectorAll('.shot'), function (shot) {
    var figures = Array.prototype.map.call(shot.querySelectorAll('figure'), function (figure) {
      var difference = figure.querySelector('.difference');
      return { name: figure.dataset.name, figures: figure.dataset.figures, picture: figure.querySelector('.picture'), difference: difference };
    });
    return { title: shot.querySelector('h3').textContent, figures: figures };
  });
  var frame = by('frame');
  var stage = by('stage');
  var at = 0;
  var mode = 'slider';

  function fill(select) {
    shots[0].figures.forEach(function (figure, index) {
      select.add(new Option(figure.name, index));
    });
  }

  function size(natural, rendered) {
    var zoom = by('zoom').value;
    var scale = Number(zoom);
    if (zoom === 'fit') {
      var room = mode === 'beside' ? 2 : 1;
      scale = Math.max(0.05, Math.min((stage.clientWidth - 16) / room / rendered.width, (stage.clientHeight - 16) / rendered.height));
    }
    frame.style.setProperty('--w', Math.round(rendered.width * scale) + 'px');
    frame.style.setProperty('--h', Math.round(rendered.height * scale) + 'px');
    frame.classList.toggle('crisp', scale * rendered.width >= 2 * natural.naturalWidth);
  }

  function show() {
    var shot = shots[at];
    var a = shot.figures[Number(by('side-a').value)];
    var b = shot.figures[Number(by('side-b').value)];
    var second = mode === 'difference' && b.difference ? b.difference : b.picture;
    by('compare-title').textContent = shot.title;
    by('image-a').src = a.picture.src;
    by('image-a').alt = a.picture.alt;
    by('image-b').src = second.src;
    by('image-b').alt = second.alt;
    frame.className = 'frame ' + mode + (by('flip').getAttribute('aria-pressed') === 'true' ? ' turned' : '');
    by('flip').hidden = mode !== 'flip';
    by('compare-figures').textContent = 'A: ' + a.name + ' (' + a.figures + '). B: ' + b.name + ' (' + b.figures + ').'
      + (mode === 'flip' ? ' Seen: ' + (frame.classList.contains('turned') ? 'A.' : 'B.') : '');
    size(second, { width: Number(a.picture.getAttribute('width')), height: Number(a.picture.getAttribute('height')) });
  }

  function split() {
    frame.style.setProperty('--split', by('split').value + '%');
  }

  function flip() {
    by('flip').setAttribute('aria-pressed', by('flip').getAttribute('aria-pressed') === 'true' ? 'false' : 'true');
    show();
  }

  function go(step) {
    at = (at + step + shots.length) % shots.length;
    show();
  }

  fill(by('side-a'));
  fill(by('side-b'));
  by('mode-slider').checked = true;
  Array.prototype.forEach.call(document.querySelectorAll('.shot'), function (shot, index) {
    Array.prototype.forEach.call(shot.querySelectorAll('button.compare'), function (button, figure) {
      button.hidden = false;
      button.addEventListener('click', function () {
        at = index;
        by('side-a').value = 0;
        by('side-b').value = figure + 1;
        dialog.showModal();
        split();
        show();
      });
    });
  });
  ['side-a', 'side-b', 'zoom'].forEach(function (id) {
    by(id).addEventListener('change', show);
  });
  ['slider', 'flip', 'beside', 'difference'].forEach(function (name) {
    by('mode-' + name).addEventListener('change', function () {
      mode = name;
      show();
    });
  });
  by('split').addEventListener('input', split);
  by('flip').addEventListener('click', flip);
  by('previous').addEventListener('click', function () { go(-1); });
  by('next').addEventListener('click', function () { go(1); });
  by('close').addEventListener('click', function () { dialog.close(); });
  window.addEventListener('resize', function () {
    if (dialog.open) {
      show();
    }
  });
  dialog.addEventListener('keydown', function (event) {
    var tag = event.target.tagName;
    if (event.ctrlKey || event.metaKey || event.altKey || tag === 'SELECT') {
      return;
    }
    if (event.key === 'f' || event.key === 'F') {
      mode = 'flip';
      by('mode-flip').checked = true;
      flip();
    } else if (event.key === 'n' || event.key === 'N') {
      go(1);
    } else if (event.key === 'p' || event.key === 'P') {
      go(-1);
    }
  });
  window.addEventListener('beforeprint', function () {
    Array.prototype.forEach.call(document.querySelectorAll('details:not([open])'), function (details) {
      details.open = true;
      details.dataset.opened = 'yes';
    });
  });
  window.addEventListener('afterprint', function () {
    Array.prototype.forEach.call(document.querySelectorAll('details[data-opened]'), function (details) {
      details.open = false;
      delete details.dataset.opened;
    });
  });
}());
