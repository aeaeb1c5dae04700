"""The style sheet of forms."""

CSS = """
Form { align: center middle; background: transparent; layers: cover sheet; }
Form #cover { layer: cover; width: 100%; height: 100%; background: $background; }
Form.-docked #cover { display: none; }
Form #sheet {
    layer: sheet;
    width: 76; max-width: 100%; height: auto; max-height: 100%;
    background: $paper; color: $ink; padding: 0 2;
}
Form.-wide #sheet { width: 96; }
Form.-docked { align: left top; }
Form.-docked #sheet { padding: 0 1; }
Form.-narrow #sheet { padding: 0; }
Form #fields {
    height: auto; background: $paper; scrollbar-gutter: stable;
    scrollbar-size-vertical: 1; scrollbar-background: $paper; scrollbar-color: $spot;
    scrollbar-background-hover: $paper; scrollbar-color-hover: $faint;
    scrollbar-background-active: $paper; scrollbar-color-active: $faint;
}
Form:ansi #sheet { border: round ansi_default; }
Form #title { text-style: bold; color: $ink; width: 1fr; padding: 1 0 0 0; max-height: 4; }
Form #red { color: $head; width: 1fr; height: 1; }
Form .section { color: $link; text-style: bold; width: 1fr; height: 2; padding: 1 0 0 0;
    text-wrap: nowrap; text-overflow: clip;
}
Form .line { height: 1; background: $paper; }
Form .line.-text { height: 4; }
Form Input {
    height: 1; border: none; padding: 0; width: 1fr;
    background: $paper; color: $ink;
}
Form Input:focus { background: $spot; border: none; }
Form Input:disabled { color: $faint; }
Form Input.-error { color: $late; }
Form TextArea {
    height: 4; border: none; padding: 0; width: 1fr; background: $paper; color: $ink;
    scrollbar-size-vertical: 1;
}
Form.-wide .line.-text, Form.-wide TextArea { height: 6; }
Form TextArea:focus { background: $spot; border: none; }
Form TextArea .text-area--cursor-line { background: transparent; }
Form .input--selection, Form .text-area--selection { background: $link; color: $paper; }
Form:ansi .input--selection, Form:ansi .text-area--selection { text-style: reverse; }
Form #feedback { color: $faint; height: auto; min-height: 1; max-height: 3; width: 1fr; }
Form #feedback.-error { color: $late; text-style: bold; }
Form #warning { color: $soon; height: auto; max-height: 4; width: 1fr; }
Form #keys { color: $faint; width: 1fr; padding: 0 0 1 0; }
Form.-tiny #red, Form.-tiny #keys { display: none; }
Form.-tiny #title { padding: 0; height: 1; text-wrap: nowrap; text-overflow: ellipsis; }
Form.-tiny #feedback { min-height: 0; max-height: 1; }
Form.-tiny #warning { max-height: 1; }
Form.-tiny .line.-text, Form.-tiny TextArea { height: 2; }
"""
