# language: ja
機能: 更新の直後 | Right after a renewal

  背景:
    前提 日時は2026年4月1日9時30分である
    かつ 「架空花子」は利用登録を断る

  @id:renewed-and-known
  シナリオ: 更新した証明書がすぐに知られていれば、資格が回答される | A renewed certificate that is known at once is answered
    もし 「架空花子」の利用者証明用電子証明書が更新される
    かつ 「架空花子」が「見本診療所」で顔認証により受付する
    ならば 資格は有効と回答される [OQS-CERT-18]

  @id:renewed-and-unknown @twin:certificate/renewed-and-known
  シナリオ: 知られるまでの二日間は回答がなく、登録は消えない | Until it is known, two days later, there is no answer, and the registration stays
    もし 「架空花子」の利用者証明用電子証明書が更新され、二日の間はだれのものか知られない
    かつ 「架空花子」が「見本診療所」で顔認証により受付する
    ならば 資格は何も回答されない [OQS-CERT-18]
    かつ 結果ファイルは0件できる [OQS-CERT-18]
    もし 48時間が過ぎる
    かつ 「架空花子」が「見本診療所」で顔認証により受付する
    ならば 資格は有効と回答される [OQS-CERT-18]
    かつ 回答の番号は『0001234』である [OQS-CERT-18]
