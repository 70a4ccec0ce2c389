// The panels of the label tool beside the viewer's.

import { DifferencePanel } from "./difference_panel.js";
import { HistoryPanel } from "./history_panel.js";
import { MakePanel } from "./make_panel.js";
import { ObjectList } from "./object_list.js";
import { ReviewPanel } from "./review_panel.js";

export class Panels {
  constructor(editor) {
    const { panel } = editor.page;
    this.objects = new ObjectList(editor);
    this.review = new ReviewPanel(editor);
    this.all = [
      this.objects, this.review, new DifferencePanel(editor), new HistoryPanel(editor), new MakePanel(editor),
    ];
    // The list of what is edited takes the place of the viewer's list of the file.
    panel.objects.parentElement.remove();
    panel.element.prepend(this.objects.element);
    panel.layers.after(...this.all.slice(1).map(({ element }) => element));
  }

  show() {
    for (const one of this.all) one.show();
  }

  painted() {
    this.objects.show();
  }

  draw(pen) {
    for (const one of this.all) one.draw?.(pen);
  }
}
