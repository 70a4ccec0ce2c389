// The panels of the label tool beside the viewer's.

import { ObjectList } from "./object_list.js";

export class Panels {
  constructor(editor) {
    const { panel } = editor.page;
    this.objects = new ObjectList(editor);
    // The list of what is edited takes the place of the viewer's list of the file.
    panel.objects.parentElement.replaceWith(this.objects.element);
    this.all = [this.objects];
    panel.element.prepend(this.objects.element);
  }

  show() {
    for (const one of this.all) one.show();
  }

  painted() {
    for (const one of this.all) (one.painted ?? one.show).call(one);
  }

  draw(pen) {
    for (const one of this.all) one.draw?.(pen);
  }
}
