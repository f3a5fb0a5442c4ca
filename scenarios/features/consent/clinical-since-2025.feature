# language: ja
機能: 電子カルテ情報への同意の始まり | When consents to clinical information begin

  背景:
    前提 日時は2025年1月1日0時0分である
    かつ 「見本診療所」のリーダーはアレルギー情報だけへの同意を尋ねる

  @id:clinical-since-2025
  シナリオ: 電子カルテ情報への同意は、二〇二五年一月から受け付けられる | They are kept since January 2025
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    ならば 同意があるのはアレルギー情報だけである [OQS-OPS-08]

  @id:clinical-before-2025 @twin:consent/clinical-since-2025
  シナリオ: その前には受け付けられない | Before that they are not
    前提 日時は2024年12月31日23時50分である
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    ならば 同意は一つもない [OQS-OPS-08]
